const units = (seconds: number) => {
  if (seconds < 60) return seconds === 1 ? '1 second' : `${seconds} seconds`
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 60) return minutes === 1 ? '1 minute' : `${minutes} minutes`
  const hours = Math.ceil(minutes / 60)
  return hours === 1 ? '1 hour' : `${hours} hours`
}

export const login = {
  email: 'E-mail address',
  password: 'Password',
  newPassword: 'New password',
  name: 'Name',
  nameHint: 'What apps and people call you. You can change it later.',
  passwordHint: 'At least 8 characters. A few unrelated words make a good one.',
  to: (app: string) => `to continue to ${app}`,
  signIn: {
    title: 'Sign in',
    button: 'Sign in',
    forgot: 'Forgot your password?',
    noAccount: 'New here?',
    signUp: 'Create an account',
  },
  signUp: {
    title: 'Create an account',
    button: 'Create account',
    haveAccount: 'Have an account?',
    signIn: 'Sign in',
  },
  forgot: {
    title: 'Forgot your password?',
    lead: 'We send you a link with which you choose a new one.',
    button: 'Send link',
    back: 'Back to sign-in',
  },
  checkMail: {
    title: 'Check your mail',
    lead: (email: string) => `We sent a message to ${email}.`,
    codeLead: 'Enter the six digits from it, or open its link in any browser.',
    linkLead: 'Open the link in it to choose a new password.',
    code: 'Code',
    button: 'Continue',
    opened: 'I have opened the link',
    notYet: 'The link has not been used yet. Open it and press its button, then come back here.',
    again: 'Nothing there? Look in your spam folder too.',
    resend: 'Send a new message',
    resent: 'We sent a new message. The old one no longer works.',
    otherAddress: 'Use another address',
    show: 'No mail server is set up here:',
    showLink: 'read the message',
    wrongCode: (left: number) =>
      left === 1
        ? 'This is not the code. You have one more try.'
        : `This is not the code. You have ${left} more tries.`,
    codeVoid: 'This code no longer works. Send a new message.',
  },
  confirm: {
    title: 'Confirm your address',
    lead: (email: string) => `Is ${email} your address, and did you just ask for this?`,
    signUpHere: 'Your account is created when you confirm.',
    signUpElsewhere:
      'The sign-up began in another browser. Confirm only if it was you: whoever began it knows the password of the new account.',
    verifyElsewhere: 'The sign-in began in another browser. Confirm only if it was you.',
    button: 'Yes, confirm',
    doneTitle: 'Confirmed',
    doneLead: (button: string) =>
      `Go back to the tab where you began and press “${button}”. You can close this one.`,
    takenTitle: 'You already have an account',
    takenLead: 'This address has an account already. Sign in with its password.',
  },
  choosePassword: {
    title: 'Choose a new password',
    forAccount: (email: string) => `For ${email}`,
    effects: 'You will be signed out everywhere else, and your apps will ask you to sign in again.',
    button: 'Save password',
    doneTitle: 'Your new password is saved',
    doneLead: 'You can sign in with it now.',
  },
  setUp: {
    title: 'Set up the first administrator',
    lead: 'This link works once. If you have an account already, give its address and password.',
    button: 'Become administrator',
    wrongPassword: 'This address has an account, and this is not its password.',
  },
  ended: {
    title: 'This step is over',
    lead: 'The link or code was used, has expired, or a newer one was sent. Nothing was changed.',
    signIn: 'Sign in',
    signUp: 'Create an account',
    forgot: 'Send a new link',
  },
  errors: {
    wrong: 'This e-mail address and password do not match.',
    noEmail: 'Enter your e-mail address.',
    badEmail: 'Enter an e-mail address such as name@example.com.',
    noPassword: 'Enter your password.',
    nameTooLong: 'Use at most 100 characters for the name.',
    badName: 'Enter a name without control characters.',
    noCode: 'Enter the six digits from the message.',
    tooMany: (seconds: number) => `Too many attempts. Try again in ${units(seconds)}.`,
    tooManyHint: 'Or choose a new password by mail.',
    tooManyMails: (seconds: number) =>
      `We have sent enough mail for now. Look in your inbox, or try again in ${units(seconds)}.`,
  },
  fedcm: {
    title: 'You are signed in',
    lead: 'This window closes by itself. If it stays, close it.',
    as: (email: string) => `You are signed in as ${email}.`,
    whom: 'Continue as whom?',
    goOn: 'Continue',
    another: 'Use another account',
  },
  weakness: {
    too_short: 'Use at least 8 characters.',
    too_long: 'Use at most 256 characters.',
    common:
      'Attackers try this password first. Choose another, for instance a few unrelated words.',
    context:
      'This password is too close to your name, your address or ours. Choose another, for instance a few unrelated words.',
  },
}
