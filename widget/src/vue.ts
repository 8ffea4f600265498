// Types only: import '@autogpt/signin/vue' once, and tell the compiler that the tag is an element.
import type {} from 'vue'
import type { Attributes, Events } from './attributes.ts'

type Listeners = {
  [Name in keyof Events as `on${Capitalize<Name>}`]?: (event: Events[Name]) => void
}

export type AutoGPTSignInComponent = new () => { $props: Attributes & Listeners }

declare module 'vue' {
  interface GlobalComponents {
    'autogpt-signin': AutoGPTSignInComponent
  }
}
