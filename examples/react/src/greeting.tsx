import type { Claims } from '@autogpt/signin'
import '@autogpt/signin/react'
import { useState } from 'react'

const { VITE_CLIENT_ID, VITE_ISSUER = 'http://localhost:4000' } = import.meta.env

export function Greeting() {
  const [person, setPerson] = useState<Claims>()
  const [failure, setFailure] = useState('')

  if (person) return <h1>Hello, {person.name}</h1>
  return (
    <>
      <h1>Hello</h1>
      <autogpt-signin
        client-id={VITE_CLIENT_ID}
        issuer={VITE_ISSUER}
        onautogpt-signin-start={() => setFailure('')}
        onautogpt-signin-success={({ detail }) => {
          if (detail.status === 'signed-in') setPerson(detail.claims)
        }}
        onautogpt-signin-error={({ detail }) => setFailure(detail.code)}
      />
      <p role="status">{failure}</p>
    </>
  )
}
