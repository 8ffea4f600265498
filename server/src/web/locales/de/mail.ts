import type { mail as en } from '#web/locales/en/mail.ts'

export const mail: typeof en = {
  sender: 'AutoGPT',
  outbox: {
    to: (address) => `An ${address}`,
    why: 'Sie können diese Nachricht hier lesen, weil kein Mailserver eingerichtet ist.',
  },
  signUp: {
    subject: 'E-Mail-Adresse bestätigen',
    lead: 'Geben Sie diesen Code in dem Tab ein, in dem Sie sich registriert haben.',
    link: 'Oder in einem beliebigen Browser bestätigen',
    footnote:
      'Code und Link gelten eine Stunde. Wenn Sie sich nicht registriert haben, ignorieren Sie diese E-Mail.',
  },
  taken: {
    subject: 'Sie haben schon ein Konto',
    lead: 'Jemand, vermutlich Sie, wollte sich mit dieser Adresse registrieren. Sie hat schon ein Konto.',
    signIn: 'Anmelden',
    reset: 'Neues Passwort wählen, falls Sie Ihres vergessen haben',
    footnote: 'Wenn Sie es nicht waren, ignorieren Sie diese E-Mail. Es hat sich nichts geändert.',
  },
  verify: {
    subject: 'E-Mail-Adresse bestätigen',
    lead: 'Geben Sie diesen Code in dem Tab ein, in dem Sie sich anmelden.',
    link: 'Oder in einem beliebigen Browser bestätigen',
    footnote:
      'Code und Link gelten eine Stunde. Wenn Sie sich gerade nicht anmelden, kennt jemand Ihr Passwort: Ändern Sie es.',
  },
  reset: {
    subject: 'Neues Passwort wählen',
    lead: 'Sie haben ein neues Passwort für Ihr Konto angefordert. Mit diesem Link wählen Sie eines.',
    link: 'Neues Passwort wählen',
    footnote:
      'Der Link gilt einmal, eine Stunde lang. Wenn Sie nichts angefordert haben, ignorieren Sie diese E-Mail: Ihr Passwort bleibt.',
  },
  unknown: {
    subject: 'Kein Konto mit dieser Adresse',
    lead: 'Jemand, vermutlich Sie, hat ein neues Passwort angefordert. Mit dieser Adresse kann man sich bei keinem Konto anmelden.',
    hint: 'Wenn Sie ein Konto haben, hat es eine andere Adresse. Versuchen Sie es mit dieser.',
    signUp: 'Konto anlegen',
    footnote: 'Wenn Sie es nicht waren, ignorieren Sie diese E-Mail.',
  },
  passwordChanged: {
    subject: 'Ihr Passwort wurde geändert',
    lead: 'Das Passwort Ihres Kontos wurde gerade geändert. Alle anderen Sitzungen sind beendet, und Ihre Apps bitten Sie, sich neu anzumelden.',
    hint: 'Wenn Sie es nicht waren, kann sich jemand als Sie anmelden. Wählen Sie jetzt ein neues Passwort.',
    link: 'Neues Passwort wählen',
  },
  accountDeleted: {
    subject: 'Ihr Konto ist gelöscht',
    lead: 'Ihr Konto wurde soeben auf Ihren Wunsch gelöscht, mit allem, was daran hing. Keine App kann mehr für Sie handeln.',
  },
  appConnected: {
    subject: 'Eine neue App ist mit Ihrem Konto verbunden',
    lead: (app: string) =>
      `Die App „${app}“ darf jetzt für Sie handeln, so weit es ihr auf der Seite von AutoGPT erlaubt wurde.`,
    hint: 'Waren Sie das, ist nichts zu tun.',
    notMe: 'Das war ich nicht: Zugang beenden',
    see: 'Sehen, was Ihre Apps dürfen',
  },
  changeEmail: {
    subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
    lead: (account) =>
      `Jemand, der als ${account} angemeldet ist, möchte diese Adresse für jenes Konto benutzen. Waren Sie das, öffnen Sie den Link dort, wo Sie angemeldet sind.`,
    link: 'Diese Adresse benutzen',
    taken: (account) =>
      `Jemand, der als ${account} angemeldet ist, möchte diese Adresse für jenes Konto benutzen. Sie hat schon ein eigenes, also geschieht nichts.`,
    footnote:
      'Der Link gilt eine Stunde. Waren Sie das nicht, tun Sie nichts, und geben Sie den Link niemandem: Ihre Adresse würde die eines fremden Kontos.',
  },
  emailAsked: {
    subject: 'Eine andere E-Mail-Adresse wurde erbeten',
    lead: 'Jemand, der an Ihrem Konto angemeldet ist, möchte dafür eine andere E-Mail-Adresse benutzen. Binnen einer Stunde tut das ein Link, der dorthin ging.',
    hint: 'Waren Sie das, ist nichts zu tun. Wenn nicht, wählen Sie jetzt ein neues Passwort: Das beendet die Bitte und meldet ab, wer sie stellte.',
    link: 'Neues Passwort wählen',
  },
  emailChanged: {
    subject: 'Ihre E-Mail-Adresse wurde geändert',
    lead: 'Ihr Konto hat jetzt eine andere E-Mail-Adresse. Hierher gehen keine E-Mails mehr.',
    hint: 'Waren Sie das nicht, sagen Sie es sofort denen, die diesen Server betreiben.',
    link: 'Zu Ihrem Konto',
  },
}
