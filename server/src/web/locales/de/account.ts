import type { account as en } from '#web/locales/en/account.ts'

export const account: typeof en = {
  title: 'Ihr Konto',
  profile: {
    title: 'Profil',
    email: 'E-Mail-Adresse',
    verified: 'bestätigt',
    unverified: 'noch nicht bestätigt',
    name: 'Name',
    timezone: 'Zeitzone',
    button: 'Profil speichern',
    saved: 'Ihr Profil ist gespeichert.',
    nameTooLong: 'Verwenden Sie höchstens 100 Zeichen für den Namen.',
    badName: 'Geben Sie einen Namen ohne Steuerzeichen ein.',
    badTimezone: 'Wählen Sie eine Zeitzone aus der Liste.',
  },
  password: {
    title: 'Passwort',
    current: 'Jetziges Passwort',
    next: 'Neues Passwort',
    hint: 'Mindestens 8 Zeichen. Gut sind ein paar Wörter, die nichts miteinander zu tun haben.',
    effects:
      'Damit werden Sie überall sonst abgemeldet, und Ihre Apps bitten Sie, sich neu anzumelden.',
    button: 'Passwort ändern',
    saved: 'Ihr Passwort ist geändert. Alle anderen Sitzungen sind beendet.',
    wrong: 'Das ist nicht Ihr jetziges Passwort.',
    missing: 'Geben Sie Ihr jetziges Passwort ein.',
    missingNext: 'Geben Sie ein neues Passwort ein.',
    none: 'Es ist kein Passwort gesetzt. Wählen Sie per E-Mail eines.',
    noneLink: 'Link senden',
  },
  sessions: {
    title: 'Sitzungen',
    lead: 'Noch auf einem Gerät angemeldet, das Sie nicht mehr haben? Beenden Sie alle Sitzungen außer dieser.',
    button: 'Überall sonst abmelden',
    ended: 'Alle anderen Sitzungen sind beendet.',
    signOut: 'Hier abmelden',
  },
  admin: {
    title: 'Verwaltung',
    link: 'Zu den Verwaltungsseiten',
  },
}
