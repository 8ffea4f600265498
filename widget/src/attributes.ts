import type { LitElement } from 'lit'
import type { AutoGPTSignIn } from './element.ts'
import type {
  SignInCancelEvent,
  SignInErrorEvent,
  SignInFallbackEvent,
  SignInStartEvent,
  SignInSuccessEvent,
} from './events.ts'

/** What of the element may be set. */
export type Properties = {
  [Name in Settable]?: AutoGPTSignIn[Name] | undefined
}

/** The same as attributes, as HTML and JSX write them. */
export type Attributes = {
  [Name in Settable as Kebab<Name>]?: AutoGPTSignIn[Name] | undefined
}

export interface Events {
  'autogpt-signin-start': SignInStartEvent
  'autogpt-signin-success': SignInSuccessEvent
  'autogpt-signin-cancel': SignInCancelEvent
  'autogpt-signin-error': SignInErrorEvent
  'autogpt-signin-fallback': SignInFallbackEvent
}

type Settable = Exclude<Own, 'status' | 'result' | 'signIn' | 'cancel' | 'disconnect'>

type Own = Exclude<keyof AutoGPTSignIn, keyof LitElement>

type Kebab<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${Kebab<Rest>}`
  : Name
