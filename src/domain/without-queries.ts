/** What of a delivery's view may hold links. */
type Linked = { readonly request: unknown; readonly originalRequest: string | null };

/** A view for programs: all of it but for what stands in a link's query, which may be a signature. */
export function withoutQueries<View extends Linked>({ request, originalRequest, ...rest }: View) {
  return {
    ...rest,
    request: cutRequest(request),
    originalRequest: originalRequest === null ? null : cutQueries(originalRequest),
  };
}

function cutRequest(request: unknown): unknown {
  if (typeof request !== 'object' || request === null || !('fileUrl' in request)) return request;
  return { ...request, fileUrl: cutQueries(String(request.fileUrl)) };
}

/** In links only: a caption may well ask a question. */
function cutQueries(text: string): string {
  return text.replace(/(https?:\\?\/\\?\/[^\s"<>?#]*)[?#][^\s"<>]*/g, '$1');
}
