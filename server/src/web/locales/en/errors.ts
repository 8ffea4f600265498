interface Words {
  title: string
  message: string
  hint?: string
}

/** By the slug of a problem, else by its status: what happened, and what to do about it. */
const bySlug: Record<string, Words> = {
  'request-expired': {
    title: 'This request has ended',
    message: 'It was open for too long, or it was already finished in another tab.',
    hint: 'Go back to the app you came from and start again.',
  },
  'another-dialog': {
    title: 'This window is for something else',
    message: 'Your browser’s dialog asked for another app or another account, or too long ago.',
    hint: 'Close this window, go back to the app you came from and start again.',
  },
  busy: {
    title: 'A lot is going on right now',
    message: 'Many people are signing in at this moment.',
    hint: 'Wait a few seconds, go back and send the form again.',
  },
  'unknown-app': {
    title: 'This app is not known here',
    message: 'Nobody registered an app with this client_id, or the app was switched off.',
    hint: 'If you are the app’s developer: compare the client_id you send with the registered one.',
  },
  'bad-csrf': {
    title: 'This form could not be trusted',
    message: 'It was open for too long, it was sent from another site, or cookies are blocked.',
    hint: 'Go back, reload the page and send it again. Cookies must be allowed for this site.',
  },
}

const byStatus: Record<string, Words> = {
  401: {
    title: 'Please sign in',
    message: 'This page is for people who are signed in.',
  },
  403: {
    title: 'You may not do this',
    message: 'Your account has no access to this page or action.',
  },
  404: {
    title: 'Page not found',
    message: 'There is nothing at this address.',
    hint: 'Check the address for typing mistakes.',
  },
  405: {
    title: 'Not possible this way',
    message: 'This address does not take this kind of request.',
  },
  409: {
    title: 'Something changed meanwhile',
    message: 'What you tried no longer fits the current state.',
    hint: 'Reload the page and try again.',
  },
  413: {
    title: 'That was too much',
    message: 'What was sent is larger than this page accepts.',
  },
  415: {
    title: 'This form is not understood',
    message: 'The data was sent in a form that this page does not accept.',
  },
  429: {
    title: 'Too many attempts',
    message: 'Please wait a little before you try again.',
  },
  503: {
    title: 'Short break',
    message: 'The service cannot be reached right now.',
    hint: 'Try again in a few seconds.',
  },
}

export const errors = {
  bySlug,
  byStatus,
  wrongRequest: {
    title: 'Something in this request is wrong',
    message: 'The request could not be understood.',
    hint: 'Go back and start again. If an app sent you here, its developer has to fix this.',
  },
  ourFault: {
    title: 'Something went wrong on our side',
    message: 'It is not your fault, and we have noted what happened.',
    hint: 'Try again in a moment. If it stays, tell us the request number below.',
  },
  whatToDo: 'What you can do',
  requestId: 'Request number',
  home: 'To the start page',
  mismatch: {
    title: 'This app’s return address is not registered',
    message:
      'The app asked to send you to an address that nobody registered for it, so we stopped here.',
    hint: 'If you are the app’s developer: the differences are marked. Register the sent address, or send the registered one.',
    sent: 'Sent',
    registered: 'Registered',
    nearest: 'Registered, nearest',
    noneRegistered: 'No address is registered for this app.',
  },
}
