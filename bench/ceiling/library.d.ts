// Parts of oidc-provider that have no types of their own.
declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  import type { Adapter } from 'oidc-provider'

  const MemoryAdapter: new (model: string, store: unknown) => Adapter
  // biome-ignore lint/style/noDefaultExport: as the library has it
  export default MemoryAdapter
}

declare module 'oidc-provider/lib/helpers/lru.js' {
  const Lru: new (options: { maxSize: number }) => unknown
  // biome-ignore lint/style/noDefaultExport: as the library has it
  export default Lru
}
