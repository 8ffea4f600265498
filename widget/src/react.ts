// Types only: import '@autogpt/signin/react' once. React 19 takes custom elements as they are.
import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type { Attributes, Events } from './attributes.ts'
import type { AutoGPTSignIn } from './element.ts'

type Listeners = { [Name in keyof Events as `on${Name}`]?: (event: Events[Name]) => void }

export type AutoGPTSignInProps = DetailedHTMLProps<HTMLAttributes<AutoGPTSignIn>, AutoGPTSignIn> &
  Attributes &
  Listeners

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'autogpt-signin': AutoGPTSignInProps
    }
  }
}
