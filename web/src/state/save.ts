/** Files that the server has made for the page. */

/** Has the browser save one; it can be fetched once. */
export function save({ download, name }: { readonly download: string; readonly name: string }): void {
  const link = document.createElement('a')
  link.href = `/download/${download}`
  link.download = name
  link.click()
}
