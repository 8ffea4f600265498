import { LitElement, type PropertyDeclaration, type TemplateResult } from 'lit'
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
  static override styles = styles

  static override properties = {
    /** The registered client's id. */
    clientId: {},
    /** The AutoGPT server's address. */
    issuer: {},
    redirectUri: {},
    scope: {},
    flow: {},
    responseType: {},
    backendUri: {},
    autoPrompt: { type: Boolean },
    loginHint: {},
    prompt: {},
    maxAge: { type: Number },
    acrValues: {},
    locale: {},
    resource: {},
    oidcNonce: {},
    variant: { reflect: true },
    theme: { reflect: true },
    size: { reflect: true },
    shape: { reflect: true },
    text: {},
    label: {},
    logoAlignment: { reflect: true },
    disabled: { type: Boolean, reflect: true },
  }

  /** An attribute is spelled as its property, with dashes. */
  static override createProperty(name: string, options?: PropertyDeclaration): void {
    // biome-ignore lint/complexity/noThisInStatic: it is the class that Lit makes the property for.
    super.createProperty(name, { attribute: spelled(name, '-'), ...options })
  }

  /** Where `issuer` is not given: the build for CDNs sets the server that the script came from. */
  static issuer?: string
  static handleCallback = handleCallback

  /** Opens the connection to the server before anybody clicks. */
  static preload(issuer = AutoGPTSignIn.issuer): void {
    const link = document.createElement('link')
    document.head.append(Object.assign(link, { rel: 'preconnect', href: issuer }))
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

  get status(): Status {
    return this.#attempts.now().status
  }

  /** What the last attempt came to, until the next begins. */
  get result(): SignInResult | undefined {
    return this.#attempts.now().result
  }

  /** Begins as a click does; call it in one, where browsers let a window open. */
  signIn({ passive, ...wishes }: SignInRequest = {}): Promise<SignInResult> {
    return begin(this, this.#attempts, { ...this.#options(), ...wishes }, passive)
  }

  /** Ends the attempt under way, or forgets how the last one ended. */
  cancel(): void {
    if (!abortTurn(this)) this.#attempts.become('idle')
  }

  /** For the site's own sign-out: by FedCM nobody is signed in again without being asked. */
  disconnect(accountHint?: string): Promise<void> {
    const { claims } = (this.result ?? {}) as Partial<SignedIn>
    this.cancel()
    return disconnect(this.#options(), accountHint ?? claims?.sub ?? this.loginHint)
  }

  override addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: HTMLElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void
  override addEventListener(...args: [type: string, listener: never, options?: never]): void {
    super.addEventListener(...args)
    this.#attempts.listenerAdded(args[0])
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#attempts.show()
    this.#resume().catch(() => {})
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    // An element that only moves within the page is back before this turn is over.
    queueMicrotask(() => this.isConnected || abortTurn(this))
  }

  protected override render(): TemplateResult {
    return view(this, this.#language(), () => {
      // Where a window would not open any more, the next click opens it at once.
      const wishes: SignInRequest = this.status === 'fallback' ? { flow: 'popup' } : {}
      if (this.status !== 'busy') this.signIn(wishes).catch(() => {})
    })
  }

  /** Once the attributes are there: by the parser, or by a framework that comes after it. */
  async #resume() {
    const isFirst = !this.hasUpdated
    await this.updateComplete
    await resume(this, this.#attempts, this.#options())
    if (isFirst && this.autoPrompt && this.status === 'idle') await this.signIn({ passive: true })
  }

  #options(): SignInOptions {
    const named = Object.keys(AutoGPTSignIn.properties).map((name) => [name, this[name as 'scope']])
    const options: SignInOptions = Object.fromEntries(named)
    options.issuer ??= AutoGPTSignIn.issuer ?? ''
    options.uiLocales = this.#language().lang
    return options
  }

  #language(): Language {
    return languageOf(this, this.locale)
  }
}
