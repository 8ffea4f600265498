import type { CDPSession, Page } from '@playwright/test'

export interface Dialog {
  dialogId: string
  dialogType: string
  title: string
  accounts: { email: string; loginState: string }[]
}

/** The browser's own dialog, which no page can see: what it showed, and how it is answered. */
export async function fedcmDialog(page: Page, { hesitates = false } = {}) {
  const session = (await page.context().newCDPSession(page)) as CDPSession & {
    send(method: string, params?: object): Promise<unknown>
    on(event: string, listener: (event: Dialog) => void): void
  }
  const shown: Dialog[] = []
  let answer: 'choose' | 'dismiss' = 'choose'
  await session.send('FedCm.enable', { disableRejectionDelay: true })
  session.on('FedCm.dialogShown', (dialog) => {
    shown.push(dialog)
    const { dialogId, dialogType } = dialog
    const reply = () => {
      if (answer === 'dismiss') {
        return session.send('FedCm.dismissDialog', { dialogId, triggerCooldown: false })
      }
      if (dialogType === 'AccountChooser') {
        return session.send('FedCm.selectAccount', { dialogId, accountIndex: 0 })
      }
      if (dialogType === 'ConfirmIdpLogin') {
        const dialogButton = 'ConfirmIdpLoginContinue'
        return session.send('FedCm.clickDialogButton', { dialogId, dialogButton })
      }
      return session.send('FedCm.clickDialogButton', { dialogId, dialogButton: 'ErrorGotIt' })
    }
    // A person takes longer than a failure does.
    const isSlow = hesitates || answer === 'dismiss'
    setTimeout(() => void reply().catch(() => {}), isSlow ? 1_200 : 100)
  })
  return {
    shown,
    dismiss: () => {
      answer = 'dismiss'
    },
  }
}

/**
 * For a page's head, where no server has a dialog: one that somebody looks at, and closes when the test
 * sets window.later and calls window.closeDialog().
 */
export const closedLate = `<script>
  window.IdentityCredential ??= class {}
  navigator.credentials.get = () => new Promise((resolve, reject) => {
    window.closeDialog = () => reject(new DOMException('Error retrieving a token.', 'NetworkError'))
  })
  const now = performance.now.bind(performance)
  performance.now = () => now() + (window.later ?? 0)
</script>`
