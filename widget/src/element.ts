import {
  LitElement,
  type PropertyDeclaration,
  type PropertyValues,
  type TemplateResult,
  unsafeCSS,
} from 'lit'
import { attemptsOf, begin, resume } from './attempts.ts'
import { handleCallback } from './core/callback.ts'
import { disconnect } from './core/disconnect.ts'
import { spelled } from './core/transaction.ts'
import type { Flow, SignedIn, SignInOptions, SignInResult } from './core/types.ts'
import { type Language, languageOf } from './language.ts'
import { styles } from './styles.ts'
import { abortTurn } from './turn.ts'
import { type Status, view } from './view.ts'

/** What one call of `signIn()` wants otherwise than the attributes say. */
export interface SignInRequest extends Partial<SignInOptions> {
  /** Asks quietly, as `auto-prompt` does: no window, and no event where nobody answers. */
  passive?: boolean
}

/**
 * "Sign in with AutoGPT": a button that signs a person in by FedCM, in a popup or by redirect.
 *
 * @tag autogpt-signin
 * @fires {SignInStartEvent} autogpt-signin-start - An attempt begins; `preventDefault()` stops it.
 * @fires {SignInSuccessEvent} autogpt-signin-success - Somebody signed in: claims, granted scopes and tokens, or the code for your backend.
 * @fires {SignInCancelEvent} autogpt-signin-cancel - The person gave up, or `cancel()` was called.
 * @fires {SignInErrorEvent} autogpt-signin-error - It failed: `code` from a closed list, `message` for the developer.
 * @fires {SignInFallbackEvent} autogpt-signin-fallback - One way was not open and the next is taken.
 * @slot - The label, instead of the words that `text` chooses.
 * @csspart button - The native button.
 * @csspart logo - AutoGPT's sign; keep it as it is.
 * @csspart spinner - In the sign's place while an attempt is under way.
 * @csspart label - The words.
 * @csspart message - What went wrong, below the button.
 * @cssprop --autogpt-signin-bg - The button's ground.
 * @cssprop --autogpt-signin-fg - The words' colour.
 * @cssprop --autogpt-signin-border - The edge's colour.
 * @cssprop [--autogpt-signin-radius=8px] - The corners.
 * @cssprop [--autogpt-signin-font=system-ui] - The font family.
 * @cssprop [--autogpt-signin-focus=#4f46e5] - The focus ring, drawn around a white one.
 * @cssprop --autogpt-signin-error - The message's colour.
 * @cssprop [--autogpt-signin-height=44px] - The least height, and an icon's width.
 * @cssstate idle - Nothing is under way.
 * @cssstate busy - An attempt is under way.
 * @cssstate fallback - Another click is needed to open a window.
 * @cssstate error - The last attempt failed.
 * @cssstate done - Somebody signed in.
 */
export class AutoGPTSignIn extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true }
  static override styles = unsafeCSS(styles)

  static override properties = {
    /** The registered client's id. */
    clientId: {},
    /** The AutoGPT server's address; by default the one that the script came from. */ issuer: {},
    /** A registered page of this origin; by default this page, without query and fragment. */
    redirectUri: {},
    /** Separated by spaces; by default `openid profile email`. */ scope: {},
    /** The way; `auto` takes the first that works. */ flow: {},
    /** `code` hands the code to your backend, instead of tokens to the page. */ responseType: {},
    /** Your backend's own start of a sign-in, on this origin. */ backendUri: {},
    /** Asks by FedCM as soon as the page is there. */ autoPrompt: { type: Boolean },
    /** Whom the page expects, such as an e-mail address. */ loginHint: {},
    /** `login` or `consent`: asks once more. */ prompt: {},
    /** Seconds since the person last proved who they are. */ maxAge: { type: Number },
    /** How they shall prove it. */ acrValues: {},
    /** The language; by default the page's, then the browser's. */ locale: {},
    /** The API that the access token is for. */ resource: {},
    /** Where your backend made one; else a random one. */ oidcNonce: {},
    /** `icon` has no words. */ variant: { reflect: true },
    /** `auto` follows the page's `color-scheme`. */ theme: { reflect: true },
    /** `m` is 44 px high. */ size: { reflect: true },
    /** The corners. */ shape: { reflect: true },
    /** Which words. */ text: {},
    /** Other words. */ label: {},
    /** Where the sign stands in a wide button. */ logoAlignment: { reflect: true },
    /** Switches it off. */ disabled: { type: Boolean, reflect: true },
  }

  /** An attribute is spelled as its property, with dashes. */
  static override createProperty(name: string, options?: PropertyDeclaration): void {
    // biome-ignore lint/complexity/noThisInStatic: it is the class that Lit makes the property for.
    super.createProperty(name, { attribute: spelled(name, '-'), ...options })
  }

  /** The AutoGPT server's address; by default the one that the script came from. */
  static issuer?: string

  /** For a callback page without the button: takes the answer out of the page's address. */
  static handleCallback = handleCallback

  /** Opens the connection to the server before anybody clicks. */
  static preload(issuer = AutoGPTSignIn.issuer): void {
    const link = document.createElement('link')
    if (issuer) document.head.append(Object.assign(link, { rel: 'preconnect', href: issuer }))
  }

  declare clientId: string
  declare issuer?: string
  declare redirectUri?: string
  declare scope?: string
  declare flow?: Flow
  declare responseType?: 'tokens' | 'code'
  declare backendUri?: string
  declare autoPrompt?: boolean
  declare loginHint?: string
  declare prompt?: string
  declare maxAge?: number
  declare acrValues?: string
  declare locale?: string
  declare resource?: string
  declare oidcNonce?: string
  declare variant?: 'standard' | 'icon'
  declare theme?: 'auto' | 'light' | 'dark' | 'outline'
  declare size?: 's' | 'm' | 'l'
  declare shape?: 'rect' | 'pill'
  declare text?: 'signin' | 'signup' | 'continue'
  declare label?: string
  declare logoAlignment?: 'start' | 'center'
  declare disabled?: boolean

  readonly #attempts = attemptsOf(this)

  /** Where the attempt stands that is under way, or how the last one ended. */
  get status(): Status {
    return this.#attempts.status
  }

  /** What the last attempt came to, until the next begins. */
  get result(): SignInResult | undefined {
    return this.#attempts.result
  }

  /** Begins as a click does; call it in one, where browsers let a window open. */
  signIn({ passive, ...wishes }: SignInRequest = {}): Promise<SignInResult> {
    return begin(this, this.#attempts, { ...this.#options(), ...wishes }, passive)
  }

  /** Ends the attempt under way, or forgets how the last one ended. */
  cancel(): void {
    if (!abortTurn(this) || this.status === 'fallback') this.#attempts.become('idle')
  }

  /** For the site's own sign-out: by FedCM nobody is signed in again without being asked. */
  disconnect(accountHint?: string): Promise<void> {
    const { claims } = (this.result ?? {}) as Partial<SignedIn>
    this.cancel()
    return disconnect(this.#options(), accountHint ?? claims?.sub ?? this.loginHint)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#attempts.show()
    if (this.hasUpdated) void this.#resume()
  }

  /** Whose an answer is, the parser says, or a framework that comes after it. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('clientId') || changed.has('issuer')) void this.#resume(this.autoPrompt)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    // An element that only moves within the page is back before this turn is over.
    queueMicrotask(() => this.isConnected || abortTurn(this))
  }

  protected override render(): TemplateResult {
    return view(this, this.#language(), () => {
      if (this.status !== 'busy') this.signIn().catch(() => {})
    })
  }

  async #resume(prompts?: boolean) {
    await resume(this, this.#attempts, this.#options())
    if (prompts && this.status === 'idle') this.signIn({ passive: true }).catch(() => {})
  }

  #options(): SignInOptions {
    const options = {} as SignInOptions
    for (const name in AutoGPTSignIn.properties) options[name as 'scope'] = this[name as 'scope']
    options.issuer ??= AutoGPTSignIn.issuer as string
    options.uiLocales = this.#language().lang
    return options
  }

  #language(): Language {
    return languageOf(this, this.locale)
  }
}
