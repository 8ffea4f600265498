import type { login as en } from '#web/locales/en/login.ts'

const units = (seconds: number) => {
  if (seconds < 60) return seconds === 1 ? '1 Sekunde' : `${seconds} Sekunden`
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 60) return minutes === 1 ? '1 Minute' : `${minutes} Minuten`
  const hours = Math.ceil(minutes / 60)
  return hours === 1 ? '1 Stunde' : `${hours} Stunden`
}

export const login: typeof en = {
  email: 'E-Mail-Adresse',
  password: 'Passwort',
  newPassword: 'Neues Passwort',
  name: 'Name',
  nameHint: 'So nennen Sie Apps und andere. Sie können ihn später ändern.',
  passwordHint:
    'Mindestens 8 Zeichen. Gut sind ein paar Wörter, die nichts miteinander zu tun haben.',
  to: (app) => `um mit ${app} fortzufahren`,
  signIn: {
    title: 'Anmelden',
    button: 'Anmelden',
    forgot: 'Passwort vergessen?',
    noAccount: 'Neu hier?',
    signUp: 'Konto anlegen',
  },
  signUp: {
    title: 'Konto anlegen',
    button: 'Konto anlegen',
    haveAccount: 'Schon ein Konto?',
    signIn: 'Anmelden',
  },
  forgot: {
    title: 'Passwort vergessen?',
    lead: 'Wir senden Ihnen einen Link, mit dem Sie ein neues wählen.',
    button: 'Link senden',
    back: 'Zurück zur Anmeldung',
  },
  checkMail: {
    title: 'Sehen Sie in Ihre E-Mails',
    lead: (email) => `Wir haben eine Nachricht an ${email} gesendet.`,
    codeLead:
      'Geben Sie die sechs Ziffern daraus ein, oder öffnen Sie ihren Link in einem beliebigen Browser.',
    linkLead: 'Öffnen Sie den Link darin, um ein neues Passwort zu wählen.',
    code: 'Code',
    button: 'Weiter',
    opened: 'Ich habe den Link geöffnet',
    notYet:
      'Der Link wurde noch nicht benutzt. Öffnen Sie ihn und drücken Sie seine Schaltfläche, dann kommen Sie hierher zurück.',
    again: 'Nichts angekommen? Sehen Sie auch im Spam-Ordner nach.',
    resend: 'Neue Nachricht senden',
    resent: 'Wir haben eine neue Nachricht gesendet. Die alte gilt nicht mehr.',
    otherAddress: 'Andere Adresse verwenden',
    show: 'Hier ist kein Mailserver eingerichtet:',
    showLink: 'Nachricht lesen',
    wrongCode: (left) =>
      left === 1
        ? 'Das ist nicht der Code. Sie haben noch einen Versuch.'
        : `Das ist nicht der Code. Sie haben noch ${left} Versuche.`,
    codeVoid: 'Dieser Code gilt nicht mehr. Senden Sie eine neue Nachricht.',
  },
  confirm: {
    title: 'Adresse bestätigen',
    lead: (email) => `Ist ${email} Ihre Adresse, und haben Sie das gerade angefordert?`,
    signUpHere: 'Mit der Bestätigung wird Ihr Konto angelegt.',
    signUpElsewhere:
      'Die Registrierung begann in einem anderen Browser. Bestätigen Sie nur, wenn Sie es waren: Wer sie begonnen hat, kennt das Passwort des neuen Kontos.',
    verifyElsewhere:
      'Die Anmeldung begann in einem anderen Browser. Bestätigen Sie nur, wenn Sie es waren.',
    button: 'Ja, bestätigen',
    doneTitle: 'Bestätigt',
    doneLead: (button) =>
      `Gehen Sie zurück zu dem Tab, in dem Sie begonnen haben, und drücken Sie „${button}“. Diesen können Sie schließen.`,
    takenTitle: 'Sie haben schon ein Konto',
    takenLead: 'Diese Adresse hat schon ein Konto. Melden Sie sich mit dessen Passwort an.',
  },
  choosePassword: {
    title: 'Neues Passwort wählen',
    forAccount: (email) => `Für ${email}`,
    effects: 'Sie werden überall sonst abgemeldet, und Ihre Apps bitten Sie, sich neu anzumelden.',
    button: 'Passwort speichern',
    doneTitle: 'Ihr neues Passwort ist gespeichert',
    doneLead: 'Sie können sich jetzt damit anmelden.',
  },
  setUp: {
    title: 'Erste Administratorin oder ersten Administrator einrichten',
    lead: 'Dieser Link gilt einmal. Wenn Sie schon ein Konto haben, geben Sie dessen Adresse und Passwort an.',
    button: 'Verwaltung übernehmen',
    wrongPassword: 'Diese Adresse hat ein Konto, und das ist nicht dessen Passwort.',
  },
  ended: {
    title: 'Dieser Schritt ist vorbei',
    lead: 'Der Link oder Code wurde benutzt, ist abgelaufen, oder es wurde ein neuerer gesendet. Es hat sich nichts geändert.',
    signIn: 'Anmelden',
    signUp: 'Konto anlegen',
    forgot: 'Neuen Link senden',
  },
  errors: {
    wrong: 'E-Mail-Adresse und Passwort passen nicht zusammen.',
    noEmail: 'Geben Sie Ihre E-Mail-Adresse ein.',
    badEmail: 'Geben Sie eine E-Mail-Adresse wie name@example.com ein.',
    noPassword: 'Geben Sie Ihr Passwort ein.',
    nameTooLong: 'Verwenden Sie höchstens 100 Zeichen für den Namen.',
    badName: 'Geben Sie einen Namen ohne Steuerzeichen ein.',
    noCode: 'Geben Sie die sechs Ziffern aus der Nachricht ein.',
    tooMany: (seconds) => `Zu viele Versuche. Versuchen Sie es in ${units(seconds)} noch einmal.`,
    tooManyHint: 'Oder wählen Sie per E-Mail ein neues Passwort.',
    tooManyMails: (seconds) =>
      `Wir haben vorerst genug Nachrichten gesendet. Sehen Sie in Ihr Postfach, oder versuchen Sie es in ${units(seconds)} noch einmal.`,
  },
  fedcm: {
    title: 'Sie sind angemeldet',
    lead: 'Dieses Fenster schließt sich von selbst. Bleibt es offen, schließen Sie es.',
    as: (email: string) => `Sie sind als ${email} angemeldet.`,
    whom: 'Als wer fortfahren?',
    goOn: 'Weiter',
    another: 'Anderes Konto verwenden',
  },
  weakness: {
    too_short: 'Verwenden Sie mindestens 8 Zeichen.',
    too_long: 'Verwenden Sie höchstens 256 Zeichen.',
    common:
      'Dieses Passwort probieren Angreifer zuerst. Wählen Sie ein anderes, etwa ein paar Wörter, die nichts miteinander zu tun haben.',
    context:
      'Dieses Passwort ist Ihrem Namen, Ihrer Adresse oder unserem Namen zu ähnlich. Wählen Sie ein anderes, etwa ein paar Wörter, die nichts miteinander zu tun haben.',
  },
}
