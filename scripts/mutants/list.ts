import type { Mutant } from './mutant.ts'
import { peopleMutants } from './people.ts'
import { tokenMutants } from './tokens.ts'

export const mutants: Mutant[] = [...tokenMutants, ...peopleMutants]
