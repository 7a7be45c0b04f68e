local SESSION_MS = 24 * 3600 * 1000

-- Whether a message that is accepted by then would open a session; `openedAt` is when the last one was.
local function opensSession(openedAt, by)
  return not openedAt or by >= tonumber(openedAt) + SESSION_MS
end
