/** Which engine runs a model, and a button for the other one: the reader compares the two in the reader's own browser. */
import { html, type TemplateResult } from '../lit.ts';
import { formatBytes, texts } from '../page/texts.ts';
import type { EngineName } from '../runtime/engines.ts';
import { runtime } from '../runtime/runtime.ts';

/** @param use called with the engine that the reader wants instead. */
export function engineChoice(model: string, use: (engine: EngineName) => void): TemplateResult {
  const t = texts();
  const now = runtime.engine(model);
  return html`
    <p>${t.engine} <b>${t.engines[now]}</b></p>
    ${runtime
      .engines(model)
      .filter((other) => other !== now)
      .map(
        (other) => html`
          <p>
            <button type="button" class="live-button" @click=${() => use(other)}>${t.useEngine(t.engines[other])}</button>
            <small>${t.download(formatBytes(runtime.engineSize(other)))}</small>
          </p>
        `,
      )}
  `;
}
