import type { consent as en } from '#web/locales/en/consent.ts'

export const consent: typeof en = {
  title: (app) => `${app} erlauben?`,
  asks: (app) => `${app} bittet um Zugriff auf Ihr AutoGPT-Konto`,
  by: (publisher) => `von ${publisher}`,
  publisherUnknown: 'Herausgeber nicht angegeben',
  sendsTo: 'Leitet Sie zurück zu',
  website: 'Website',
  youAre: 'Sie sind',
  notYou: 'Nicht Sie?',
  switchAccount: 'Anderes Konto verwenden',
  willSee: 'Was die App darf',
  identity: 'Wissen, wer Sie sind: Benutzer-ID, E-Mail-Adresse, Name und Zeitzone',
  identityLocked: 'Gehört immer zur Anmeldung',
  optionalTitle: 'Sie wählen',
  optionalHint: 'Wählen Sie ab, was Sie nicht erlauben möchten. Die App kommt ohne aus.',
  wholeTitle: 'Teil des Ganzen',
  spends: 'Gibt Guthaben aus',
  deletes: 'Kann löschen',
  shares: 'Teilt mit anderen',
  sensitive: 'Heikel',
  legacy: 'Veraltet',
  notApproved:
    'Niemand bei AutoGPT hat diese App geprüft. Fahren Sie nur fort, wenn Sie wissen, wer sie betreibt.',
  alreadyGranted: (count) =>
    count === 1
      ? 'Sie erlauben bereits 1 weitere Berechtigung. Sie bleibt, wie sie ist.'
      : `Sie erlauben bereits ${count} weitere Berechtigungen. Sie bleiben, wie sie sind.`,
  nothingNew: 'Es kommt nichts Neues hinzu. All das haben Sie schon erlaubt.',
  revokeAnyTime: 'Sie können das jederzeit in Ihrem Konto zurücknehmen.',
  terms: 'Nutzungsbedingungen',
  privacy: 'Datenschutzerklärung',
  noPolicies: 'Diese App nennt weder Nutzungsbedingungen noch eine Datenschutzerklärung.',
  approve: 'Erlauben',
  deny: 'Ablehnen',
}
