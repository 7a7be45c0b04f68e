local SESSION_MS = 24 * 3600 * 1000

-- Whether a message that is accepted by then would open a session.
local function opensSession(by)
  local openedAt = redis.call('HGET', conv, 'sessionAt')
  return not openedAt or by >= tonumber(openedAt) + SESSION_MS
end
