// Before npm pack and npm publish: dist/, and the declarations of it.
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import './build.ts'
import { widgetFolder } from './stamp.js'

const tsc = join(widgetFolder, '../node_modules/.bin/tsc')

rmSync(join(widgetFolder, 'types'), { recursive: true, force: true })
execFileSync(tsc, ['-p', 'tsconfig.types.json'], { cwd: widgetFolder, stdio: 'inherit' })
