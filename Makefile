# Only forwards: the work is in `python -m site_tools ...`, which runs on Windows and macOS as well.
PYTHON ?= python3
COMMANDS := setup serve site web lectures check test test-slow bench wheel
STAGES := train export compare figures

.PHONY: help $(COMMANDS) $(STAGES)
help:
	@$(PYTHON) -m site_tools --help
$(COMMANDS):
	@$(PYTHON) -m site_tools $@
$(STAGES):
	@$(PYTHON) -m site_tools pipeline $@
