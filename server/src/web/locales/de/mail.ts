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
}
