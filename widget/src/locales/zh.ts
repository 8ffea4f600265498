import type { Words } from '../words.ts'

export const zh: Words = {
  signin: '使用 AutoGPT 登录',
  signup: '使用 AutoGPT 注册',
  continue: '使用 AutoGPT 继续',
  busy: '正在登录…',
  fallback: '在窗口中继续',
  error: '登录失败',
}
