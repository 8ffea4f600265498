import type { Db } from './database.ts'

interface NewDevice {
  /** sessions.uid */
  uid: string
  accountId: string
  userAgent: string
  ip: string
  /** Seconds that a session lasts at most. */
  lifetime: number
}

/** A session of a person, and where it began. */
export interface Device {
  uid: string
  signedInAt: Date
  /** Empty: not known. */
  userAgent: string
  ip: string
}

const longest = 500

export async function noteDevice(db: Db, device: NewDevice): Promise<void> {
  await db.query(
    `insert into session_devices (uid, account_id, user_agent, ip, expires_at)
     values ($1, $2, $3, $4, now() + make_interval(secs => $5))
     on conflict (uid) do update
       set account_id = excluded.account_id, user_agent = excluded.user_agent, ip = excluded.ip,
           signed_in_at = now(), expires_at = excluded.expires_at`,
    [device.uid, device.accountId, device.userAgent.slice(0, longest), device.ip, device.lifetime],
  )
}

/** Sessions that live, the newest sign-in first. */
export async function listDevices(db: Db, accountId: string): Promise<Device[]> {
  const { rows } = await db.query<Device>(
    `select s.uid, max(coalesce(d.signed_in_at, s.signed_in_at, s.created_at)) as "signedInAt",
            coalesce(max(d.user_agent), '') as "userAgent", coalesce(max(d.ip), '') as "ip"
       from sessions s
       left join session_devices d on d.uid = s.uid and d.account_id = s.account_id
      where s.account_id = $1 and s.expires_at > now()
      group by s.uid
      order by 2 desc`,
    [accountId],
  )
  return rows
}
