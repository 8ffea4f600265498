// ASCII only: the text part of an English mail then goes out as it stands, without an encoding.
export const mail = {
  sender: 'AutoGPT',
  outbox: {
    to: (address: string) => `To ${address}`,
    why: 'You can read this message here because no mail server is set up.',
  },
  signUp: {
    subject: 'Confirm your e-mail address',
    lead: 'Enter this code in the tab where you signed up.',
    link: 'Or confirm in any browser',
    footnote: 'Code and link work for one hour. If you did not sign up, ignore this mail.',
  },
  taken: {
    subject: 'You already have an account',
    lead: 'Somebody, probably you, tried to sign up with this address. It has an account already.',
    signIn: 'Sign in',
    reset: 'Choose a new password, if you forgot yours',
    footnote: 'If it was not you, ignore this mail. Nothing has changed.',
  },
  verify: {
    subject: 'Confirm your e-mail address',
    lead: 'Enter this code in the tab where you sign in.',
    link: 'Or confirm in any browser',
    footnote:
      'Code and link work for one hour. If you are not signing in right now, somebody knows your password: change it.',
  },
  reset: {
    subject: 'Choose a new password',
    lead: 'You asked for a new password for your account. This link lets you choose one.',
    link: 'Choose a new password',
    footnote:
      'The link works once, for one hour. If you did not ask, ignore this mail: your password stays.',
  },
  unknown: {
    subject: 'No account with this address',
    lead: 'Somebody, probably you, asked for a new password. No account can be signed in to with this address.',
    hint: 'If you have an account, it uses another address. Try that one.',
    signUp: 'Create an account',
    footnote: 'If it was not you, ignore this mail.',
  },
  passwordChanged: {
    subject: 'Your password was changed',
    lead: 'The password of your account was just changed. All other sessions have ended, and your apps will ask you to sign in again.',
    hint: 'If this was not you, somebody else can sign in as you. Choose a new password now.',
    link: 'Choose a new password',
  },
  accountDeleted: {
    subject: 'Your account is deleted',
    lead: 'Your account was just deleted, as you asked, with everything that hung on it. No app can act for you any more.',
  },
  appConnected: {
    subject: 'A new app is connected to your account',
    lead: (app: string) =>
      `The app "${app}" may now act for you, as far as it was allowed to on AutoGPT's page.`,
    hint: 'If that was you, there is nothing to do.',
    notMe: 'It was not me: end its access',
    see: 'See what your apps may do',
  },
  changeEmail: {
    subject: 'Confirm your new e-mail address',
    lead: (account: string) =>
      `Somebody who is signed in as ${account} asked to use this address for that account. If that was you, open the link where you are signed in.`,
    link: 'Use this address',
    taken: (account: string) =>
      `Somebody who is signed in as ${account} asked to use this address for that account. It has an account of its own already, so nothing happens.`,
    footnote:
      'The link works for one hour. If that was not you, do nothing, and give the link to nobody: your address would become that of an account of somebody else.',
  },
  emailAsked: {
    subject: 'Another e-mail address was asked for',
    lead: 'Somebody who is signed in to your account asked to use another e-mail address for it. Within an hour a link that went there does so.',
    hint: 'If that was you, there is nothing to do. If not, choose a new password now: that ends the request, and signs out whoever made it.',
    link: 'Choose a new password',
  },
  emailChanged: {
    subject: 'Your e-mail address was changed',
    lead: 'Your account has another e-mail address now. Mail no longer goes here.',
    hint: 'If this was not you, tell the people who run this server at once.',
    link: 'Go to your account',
  },
}
