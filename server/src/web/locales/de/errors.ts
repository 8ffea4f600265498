import type { errors as en } from '#web/locales/en/errors.ts'

const bySlug: typeof en.bySlug = {
  'request-expired': {
    title: 'Dieser Vorgang ist beendet',
    message: 'Er war zu lange offen oder wurde schon in einem anderen Tab abgeschlossen.',
    hint: 'Gehen Sie zurück zur App und beginnen Sie neu.',
  },
  'another-dialog': {
    title: 'Dieses Fenster gehört zu etwas anderem',
    message:
      'Der Dialog Ihres Browsers hat nach einer anderen App oder einem anderen Konto gefragt, oder vor zu langer Zeit.',
    hint: 'Schließen Sie dieses Fenster, gehen Sie zurück zur App und beginnen Sie neu.',
  },
  busy: {
    title: 'Gerade ist viel los',
    message: 'In diesem Moment melden sich viele Menschen an.',
    hint: 'Warten Sie einige Sekunden, gehen Sie zurück und senden Sie das Formular noch einmal.',
  },
  'unknown-app': {
    title: 'Diese App ist hier nicht bekannt',
    message: 'Niemand hat eine App mit dieser client_id registriert, oder sie wurde abgeschaltet.',
    hint: 'Wenn Sie die App entwickeln: Vergleichen Sie die gesendete client_id mit der registrierten.',
  },
  'bad-csrf': {
    title: 'Diesem Formular konnte nicht vertraut werden',
    message: 'Es war zu lange offen, kam von einer anderen Seite, oder Cookies sind blockiert.',
    hint: 'Gehen Sie zurück, laden Sie die Seite neu und senden Sie sie noch einmal. Cookies müssen erlaubt sein.',
  },
}

const byStatus: typeof en.byStatus = {
  401: {
    title: 'Bitte melden Sie sich an',
    message: 'Diese Seite ist für angemeldete Personen.',
  },
  403: {
    title: 'Das dürfen Sie nicht',
    message: 'Ihr Konto hat keinen Zugang zu dieser Seite oder Handlung.',
  },
  404: {
    title: 'Seite nicht gefunden',
    message: 'Unter dieser Adresse gibt es nichts.',
    hint: 'Prüfen Sie die Adresse auf Tippfehler.',
  },
  405: {
    title: 'So geht es nicht',
    message: 'Diese Adresse nimmt diese Art von Anfrage nicht an.',
  },
  409: {
    title: 'Inzwischen hat sich etwas geändert',
    message: 'Was Sie versucht haben, passt nicht mehr zum jetzigen Stand.',
    hint: 'Laden Sie die Seite neu und versuchen Sie es noch einmal.',
  },
  413: {
    title: 'Das war zu viel',
    message: 'Die gesendeten Daten sind größer, als diese Seite annimmt.',
  },
  415: {
    title: 'Dieses Formular wird nicht verstanden',
    message: 'Die Daten kamen in einer Form, die diese Seite nicht annimmt.',
  },
  429: {
    title: 'Zu viele Versuche',
    message: 'Bitte warten Sie ein wenig, bevor Sie es noch einmal versuchen.',
  },
  503: {
    title: 'Kurze Pause',
    message: 'Der Dienst ist gerade nicht erreichbar.',
    hint: 'Versuchen Sie es in einigen Sekunden noch einmal.',
  },
}

export const errors: typeof en = {
  bySlug,
  byStatus,
  wrongRequest: {
    title: 'An dieser Anfrage stimmt etwas nicht',
    message: 'Die Anfrage war nicht zu verstehen.',
    hint: 'Gehen Sie zurück und beginnen Sie neu. Kamen Sie von einer App, muss ihr Entwickler das beheben.',
  },
  ourFault: {
    title: 'Bei uns ist etwas schiefgegangen',
    message: 'Es liegt nicht an Ihnen, und wir haben notiert, was passiert ist.',
    hint: 'Versuchen Sie es gleich noch einmal. Bleibt es so, nennen Sie uns die Vorgangsnummer unten.',
  },
  whatToDo: 'Was Sie tun können',
  requestId: 'Vorgangsnummer',
  home: 'Zur Startseite',
  mismatch: {
    title: 'Die Rücksprungadresse dieser App ist nicht registriert',
    message:
      'Die App wollte Sie an eine Adresse senden, die niemand für sie registriert hat. Darum endet es hier.',
    hint: 'Wenn Sie die App entwickeln: Die Unterschiede sind markiert. Registrieren Sie die gesendete Adresse, oder senden Sie die registrierte.',
    sent: 'Gesendet',
    registered: 'Registriert',
    nearest: 'Registriert, am nächsten',
    noneRegistered: 'Für diese App ist keine Adresse registriert.',
  },
}
