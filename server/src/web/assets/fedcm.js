// Says to the browser's own dialog how this window ended (W3C FedCM, IdentityProvider).
const { answer } = document.currentScript.dataset
if (answer) IdentityProvider.resolve(answer).catch(() => IdentityProvider.close())
else globalThis.IdentityProvider?.close()
