import { z } from 'zod'
import { type Account, findAccount, listAccounts } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { found } from '#web/problem.ts'
import { freeText, uuid } from '#web/text-schemas.ts'
import { defineOperation, type Operation } from './operation.ts'
import { listOf, pageOf, pageQuery, positionCursor, readPosition } from './paging.ts'
import { createdUser, newUser, user, userChange } from './user-schemas.ts'
import { changeUser, createUser, type Passwords, removeUser, type SetUpLink } from './users.ts'

const tag = 'Users'
const params = z.object({ id: uuid })
const query = z.strictObject({
  ...pageQuery,
  search: freeText({ max: 200 })
    .optional()
    .meta({ description: 'Part of the e-mail address or name.' }),
})

interface UserParts {
  db: Db
  passwords: Passwords
  setUpLink: SetUpLink
}

export function userOperations({ db, passwords, setUpLink }: UserParts): Operation[] {
  return [
    defineOperation({
      id: 'createUser',
      method: 'post',
      path: '/api/admin/users',
      tag,
      summary: 'Create a user',
      description: 'With a password, or with a one-time link on which the person chooses one.',
      body: newUser,
      answer: { status: 201, description: 'The user.', schema: createdUser },
      refusals: { 409: 'The e-mail address is taken.' },
      run: async ({ caller, body }) => {
        const created = await createUser({ db, caller, passwords, setUpLink }, body)
        return { ...userAnswer(created.account), set_up_link: created.link }
      },
    }),
    defineOperation({
      id: 'listUsers',
      method: 'get',
      path: '/api/admin/users',
      tag,
      summary: 'List or search users, newest first',
      query,
      answer: { status: 200, description: 'A page of users.', schema: listOf(user) },
      run: async ({ query: { limit, cursor, search } }) => {
        const after = readPosition(cursor)
        const rows = await listAccounts(db, { limit: limit + 1, after, search })
        return pageOf(rows, limit, { item: userAnswer, cursor: positionCursor })
      },
    }),
    defineOperation({
      id: 'getUser',
      method: 'get',
      path: '/api/admin/users/{id}',
      tag,
      summary: 'Get a user',
      params,
      answer: { status: 200, description: 'The user.', schema: user },
      run: async ({ params }) => userAnswer(found(await findAccount(db, params.id), 'user')),
    }),
    defineOperation({
      id: 'updateUser',
      method: 'patch',
      path: '/api/admin/users/{id}',
      tag,
      summary: 'Change, disable or enable a user',
      params,
      body: userChange,
      answer: { status: 200, description: 'The user as it is now.', schema: user },
      refusals: { 409: 'The e-mail address is taken, or this is the last administrator.' },
      run: async ({ caller, params, body }) =>
        userAnswer(await changeUser({ db, caller, passwords }, params.id, body)),
    }),
    defineOperation({
      id: 'deleteUser',
      method: 'delete',
      path: '/api/admin/users/{id}',
      tag,
      summary: 'Delete a user with all that is theirs',
      params,
      answer: { status: 204, description: 'It is gone.' },
      refusals: { 409: 'This is the last administrator.' },
      run: ({ caller, params }) => removeUser({ db, caller }, params.id),
    }),
  ]
}

const userAnswer = (account: Account) => ({
  id: account.id,
  email: account.email,
  email_verified: account.emailVerifiedAt !== null,
  name: account.name,
  timezone: account.timezone,
  roles: account.roles,
  is_active: account.disabledAt === null,
  has_password: account.passwordHash !== null,
  created_at: account.createdAt.toISOString(),
})
