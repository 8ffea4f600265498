// site.ts serves the package's own file under this name; its types come from the package too.
// biome-ignore lint/performance/noReExportAll: types only
export * from 'oauth4webapi'
