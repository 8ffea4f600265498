// First of all: it takes the answer of a redirect out of the address.
import '@autogpt/signin'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Greeting } from './greeting.tsx'

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Greeting />
  </StrictMode>,
)
