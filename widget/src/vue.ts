// Types only: import '@autogpt/signin/vue' once, and tell the compiler that the tag is an element.
// Checkers of templates look attributes and events up in camel case, however they are written.
import type {} from 'vue'
import type { Events, Properties } from './attributes.ts'

type Listeners = {
  [Name in keyof Events as `on${Capitalize<Camel<Name>>}`]?: (event: Events[Name]) => void
}

type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Name

export type AutoGPTSignInComponent = new () => { $props: Properties & Listeners }

declare module 'vue' {
  interface GlobalComponents {
    'autogpt-signin': AutoGPTSignInComponent
  }
}
