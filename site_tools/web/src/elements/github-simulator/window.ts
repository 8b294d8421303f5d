/** <github-window>: the drawn browser window, in a shadow root where the site's styles do not reach it. */
import { html, LitElement, nothing, type TemplateResult } from '../../lit.ts';
import { currentPage } from '../../shared.ts';

const STYLES = 'github.css';

export class GithubWindow extends LitElement {
  static override get properties() {
    return { address: {}, ribbon: {}, page: { attribute: false }, styled: { state: true } };
  }
  declare address: string;
  declare ribbon: string;
  declare page: TemplateResult | undefined;
  /** The style sheet has come; before that nothing is shown. */
  declare styled: boolean;

  constructor() {
    super();
    this.styled = false;
  }

  /** Take the keyboard to the top of a new page, as a browser would. */
  async enter(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('.page')?.focus({ preventScroll: true });
  }

  protected override render() {
    const styled = () => (this.styled = true);
    return html`
      <link rel="stylesheet" href=${currentPage().files[STYLES]?.url ?? ''} @load=${styled} @error=${styled} />
      <div class="github" ?hidden=${!this.styled}>
        <div class="window-bar"><span class="address">${this.address}</span><em class="ribbon">${this.ribbon}</em></div>
        <div class="page" lang="en" tabindex="-1" role="region" aria-label=${this.address}>${this.page ?? nothing}</div>
      </div>
    `;
  }
}


