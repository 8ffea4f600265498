const signOut = document.querySelector('button')
signOut.addEventListener('click', async () => {
  await fetch('/sign-out', { method: 'POST' })
  location.reload()
})

const { person } = await (await fetch('/me')).json()
if (person) {
  document.querySelector('h1').textContent = `Hello, ${person.name}`
  document.querySelector('autogpt-signin').hidden = true
  signOut.hidden = false
} else if (new URLSearchParams(location.search).has('signed-in')) {
  document.querySelector('[role=status]').textContent = 'You are not signed in.'
}
