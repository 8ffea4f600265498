import type { Words } from '../words.ts'

export const ko: Words = {
  signin: 'AutoGPT로 로그인',
  signup: 'AutoGPT로 가입',
  continue: 'AutoGPT로 계속하기',
  busy: '로그인 중…',
  fallback: '창에서 계속하기',
  error: '로그인하지 못했습니다',
}
