declare module '*.md' {
  const text: import('./plugin').LessonText
  export default text
}
