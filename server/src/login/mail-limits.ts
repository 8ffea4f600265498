import { networkOf } from '#web/network.ts'
import type { Throttle } from './throttle.ts'
import { takeAll } from './waiting.ts'

/** The same limits for a feature that mails on its own account. */
export const mailLimits =
  ({ throttle }: { throttle: Throttle }) =>
  (mail: { emailKey: string; ip: string }) =>
    mayMail(throttle, mail)

/** Seconds until another mail may be sent; whoever asks, nobody's inbox is flooded (A102). */
export function mayMail(
  throttle: Throttle,
  { emailKey, ip, signUp = false }: { emailKey: string; ip: string; signUp?: boolean },
): Promise<number | undefined> {
  const network = networkOf(ip)
  return takeAll(throttle, [
    ...(signUp
      ? ([
          ['sign_up', network],
          ['sign_up_day', network],
        ] as const)
      : ([['mail_from_hour', network]] as const)),
    ['mail_to', emailKey],
    ['mail_to_hour', emailKey],
  ])
}
