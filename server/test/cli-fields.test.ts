import assert from 'node:assert/strict'
import { test } from 'node:test'
import { appChange, newApp } from '../src/admin/app-schemas.ts'
import { newUser, userChange } from '../src/admin/user-schemas.ts'
import { apiKeySchemas } from '../src/api-keys/schemas.ts'
import { apiKeyChangeFields, newApiKeyFields } from '../src/cli/api-key-commands.ts'
import { appFields, changeableAppFields } from '../src/cli/app-fields.ts'
import { userFields } from '../src/cli/user-commands.ts'

const names = (fields: { name: string }[]) => fields.map(({ name }) => name).sort()
const keys = (schema: { shape: object }) => Object.keys(schema.shape).sort()

test('the command line has a flag for every field of the API', () => {
  assert.deepEqual(names(appFields), keys(newApp))
  // is_active has commands of its own: enable and disable.
  assert.deepEqual([...names(changeableAppFields), 'is_active'].sort(), keys(appChange))
  assert.deepEqual(names(userFields), keys(newUser))
  assert.deepEqual([...names(userFields), 'is_active'].sort(), keys(userChange))
  const { newApiKey, apiKeyChange } = apiKeySchemas([])
  assert.deepEqual(names(newApiKeyFields), keys(newApiKey))
  // Of API keys: suspend and resume.
  assert.deepEqual([...names(apiKeyChangeFields), 'is_active'].sort(), keys(apiKeyChange))
})
