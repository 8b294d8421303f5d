/**
 * An element whose attributes are its state: values declared in its `spec.json`, and native inputs made
 * from the same declaration.
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { parseState, propertyName, type ElementSpec, type NumberSpec, type StateValue } from './state.ts';
import type { ElementTexts } from '../page/texts.ts';

export abstract class StatefulElement extends LitElement {
  /**
   * What the element's `spec.json` declares. Elements write it and their `properties` as getters: for the sake of a static
   * field the build would rewrite every private member of the class, since Safari 15 has no static blocks.
   */
  static spec: ElementSpec;

  constructor() {
    super();
    for (const [name, spec] of Object.entries(this.spec.state)) this.setQuietly(name, spec.default);
  }

  protected abstract get texts(): ElementTexts;
  /** Called when the reader changed a control. */
  protected abstract changed(name: string): void;
  /** Called when the reader let a slider go, after `changed`. */
  protected released(_name: string): void {}

  // --- State ---------------------------------------------------------------------------------------

  get spec(): ElementSpec {
    return (this.constructor as typeof StatefulElement).spec;
  }

  /** The id that links and exercises use: the figure's. */
  get demoId(): string {
    return this.closest('figure')?.id || this.id;
  }

  get state(): Record<string, StateValue> {
    return Object.fromEntries(Object.keys(this.spec.state).map((name) => [name, this.#get(name)]));
  }

  /** Set one state value as a reader would. */
  setState(name: string, value: StateValue): void {
    const next = parseState(this.spec.state[name]!, value);
    if (next === this.#get(name)) return;
    this.setQuietly(name, next);
    this.changed(name);
  }

  #get(name: string): StateValue {
    return (this as unknown as Record<string, StateValue>)[propertyName(name)]!;
  }

  /** Set a value that nobody has to be told of: defaults, and what a link says. */
  protected setQuietly(name: string, value: StateValue): void {
    (this as unknown as Record<string, StateValue>)[propertyName(name)] = value;
  }

  // --- Inputs ----------------------------------------------------------------------------------------

  /** A labelled native input for one state value; a choice is a list, a number a slider with a field. */
  protected control(name: string, names: Record<string, string> = this.texts.values[name] ?? {}): TemplateResult {
    const spec = this.spec.state[name]!;
    const label = this.texts.labels[name] ?? name;
    const value = this.#get(name);
    if (spec.type === 'choice') {
      return html`
        <label class="live-field"><span>${label}</span>
          <select @change=${(event: Event) => this.setState(name, (event.target as HTMLSelectElement).value)}>
            ${spec.values.map((one) => html`<option value=${one} ?selected=${one === value} .selected=${one === value}>${names[one] ?? one}</option>`)}
          </select>
        </label>
      `;
    }
    if (spec.type !== 'integer' && spec.type !== 'number') throw new TypeError(`${name} is text: render its input yourself`);
    return html`<label class="live-field"><span>${label}</span>${this.#numberInput(name, spec)}</label>`;
  }

  #numberInput(name: string, spec: NumberSpec, label?: string): TemplateResult {
    const set = (event: Event) => {
      const input = event.target as HTMLInputElement;
      if (input.value !== '') this.setState(name, input.valueAsNumber);
    };
    const settle = (event: Event) => {
      (event.target as HTMLInputElement).value = String(this.#get(name)); // show what was held
    };
    return html`
      <input type="number" inputmode="decimal" aria-label=${label ?? nothing} min=${spec.min} max=${spec.max} step=${spec.step ?? 1}
        .value=${String(this.#get(name))} @input=${set} @change=${settle} />
    `;
  }

  /** A slider for a number, between its own bounds (which may be narrower than the state's), with a field beside it. */
  protected slider(name: string, bounds: { min?: number; max?: number } = {}): TemplateResult {
    const spec = this.spec.state[name]!;
    if (spec.type !== 'integer' && spec.type !== 'number') throw new TypeError(`${name} is not a number`);
    const label = this.texts.labels[name] ?? name;
    const step = spec.step ?? 1;
    return html`
      <label class="live-field live-slider"><span>${label}</span>
        <input type="range" min=${bounds.min ?? spec.min} max=${bounds.max ?? spec.max} step=${step}
          .value=${String(this.#get(name))} @input=${(event: Event) => this.setState(name, (event.target as HTMLInputElement).valueAsNumber)}
          @change=${() => this.released(name)} />
        ${this.#numberInput(name, spec, label)}
      </label>
    `;
  }

  /** A choice as a row of radio buttons, all of its values or some. */
  protected segments(name: string, names: Record<string, string> = this.texts.values[name] ?? {}, some?: readonly string[]): TemplateResult {
    const spec = this.spec.state[name]!;
    if (spec.type !== 'choice') throw new TypeError(`${name} is not a choice`);
    const group = `${this.demoId || this.localName}-${name}`;
    return html`
      <fieldset class="live-segments">
        <legend>${this.texts.labels[name] ?? name}</legend>
        ${(some ?? spec.values).map(
          (one) => html`
            <label><input type="radio" name=${group} value=${one} .checked=${one === this.#get(name)} @change=${() => this.setState(name, one)} /><span>${names[one] ?? one}</span></label>
          `,
        )}
      </fieldset>
    `;
  }
}
