/** What an app may learn of a person, as a token statement reads it beside the token. */
export interface Person {
  id: string
  /** null: not verified, so that no app receives it. */
  email: string | null
  name: string
  timezone: string
}

/** The person as one column of a statement that has accounts as a. */
export const personColumn = `
         jsonb_build_object(
           'id', a.id, 'name', a.name, 'timezone', a.timezone,
           'email', case when a.email_verified_at is not null then a.email end) as "person"`
