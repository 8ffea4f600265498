const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether an id from outside can be looked up: another form is no row's, not an error (A155). */
export const isUuid = (id: string) => uuidPattern.test(id)

/** Whether a column can hold it: PostgreSQL has no NUL byte in text (A155). */
export const isText = (text: string) => !text.includes('\0')
