import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Db } from '#db/database.ts'
import type { Keys, Seal } from '../keys.ts'
import { accessTokenStore } from './store/access-tokens.ts'
import { authorizationCodeStore } from './store/authorization-codes.ts'
import { clientStore } from './store/clients.ts'
import { grantStore } from './store/grants.ts'
import { interactionStore } from './store/interactions.ts'
import type { MachineClients } from './store/machine-clients.ts'
import { refreshTokenStore } from './store/refresh-tokens.ts'
import { sessionStore } from './store/sessions.ts'
import type { Store } from './store/store.ts'
import { successorFinder } from './store/successors.ts'

export interface AdapterParts {
  db: Db
  keys: Keys
  seal: Seal
  machineClients: MachineClients
}

/** oidc-provider's storage: one store per model, and a loud refusal for whatever has none. */
export function adapterFactory({ db, keys, seal, machineClients }: AdapterParts) {
  const findSuccessor = successorFinder(keys.refreshSuccessors)
  const stores: Record<string, Store> = {
    Client: clientStore({ db, findSuccessor, machineClients }),
    Grant: grantStore(db),
    Session: sessionStore(db, seal),
    Interaction: interactionStore(db, seal),
    AuthorizationCode: authorizationCodeStore(db),
    AccessToken: accessTokenStore({ db, machineClients }, 'AccessToken'),
    ClientCredentials: accessTokenStore({ db, machineClients }, 'ClientCredentials'),
    RefreshToken: refreshTokenStore(db, findSuccessor),
  }
  return (model: string): Adapter => new StoreAdapter(model, stores[model] ?? {})
}

class StoreAdapter implements Adapter {
  #model: string
  #store: Store

  constructor(model: string, store: Store) {
    this.#model = model
    this.#store = store
  }

  find(id: string) {
    return this.#call('find')(id)
  }

  upsert(id: string, payload: AdapterPayload, expiresIn: number) {
    return this.#call('upsert')(id, payload, expiresIn)
  }

  consume(id: string) {
    return this.#call('consume')(id)
  }

  destroy(id: string) {
    return this.#call('destroy')(id)
  }

  revokeByGrantId(grantId: string) {
    return this.#call('revokeByGrantId')(grantId)
  }

  findByUid(uid: string) {
    return this.#call('findByUid')(uid)
  }

  // Only for the device flow, which is not on.
  async findByUserCode(): Promise<undefined> {
    throw new Error(`${this.#model} is not looked up by user code`)
  }

  #call<Method extends keyof Store>(method: Method): NonNullable<Store[Method]> {
    const found = this.#store[method]
    if (!found) throw new Error(`${this.#model}.${method} has no store`)
    return found.bind(this.#store) as NonNullable<Store[Method]>
  }
}
