import type { TestContext } from 'node:test'
import { testDatabaseUrl } from '#db/testing.ts'
import { audit } from './auditor.ts'
import { grantee, issueCodes } from './grants.ts'
import { install } from './installation.ts'
import { startProxy } from './tcp-proxy.ts'
import { Witness } from './witness.ts'

/** One node that reaches its database by way of a proxy; the auditor and the test go past it. */
export async function installProxied(t: TestContext) {
  const databaseUrl = await testDatabaseUrl(t)
  const proxy = await startProxy(t, databaseUrl)
  const env = { DATABASE_URL: proxy.databaseUrl }
  const place = await install(t, { nodes: 1, databaseUrl, env })
  const [node = ''] = place.urls
  const client = await grantee(place.db)
  const witness = new Witness()
  const audited = () =>
    audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received: witness })
  const codes = (count: number) => issueCodes(place.db, client, count)
  return { place, proxy, node, client, witness, codes, audited }
}
