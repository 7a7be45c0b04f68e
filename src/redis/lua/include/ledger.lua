-- A message that is accepted after all others: counted in the running session, or opening the next one. What is kept
-- of accept times begins with a session, the last but two: no late proof reaches further back.
local function countNewest(at, delivery, c)
  local openedAt = tonumber(c.sessionAt or -SESSION_MS)
  if at < openedAt + SESSION_MS then
    local row = recipient .. '@' .. openedAt
    local messages, opener = string.match(
      redis.call('HGET', ledgerRows, row) or '0 ' .. delivery, '^(%d+) (.*)$')
    redis.call('HSET', ledgerRows, row, (messages + 1) .. ' ' .. opener)
    if messages == '0' then
      redis.call('ZADD', ledger, openedAt, row)
    end
    return nil
  end
  redis.call('ZREMRANGEBYSCORE', accepts, '-inf', '(' .. (c.sessionBefore or '-inf'))
  redis.call('HSET', conv, 'sessionAt', at, 'sessionBefore', c.sessionAt or at)
  writeRow({ openedAt = at, openedBy = delivery, messages = 1 })
  return at
end

-- Counts an accepted message in the session of its accept time. A late proof may begin a session earlier, and so move
-- later messages into the next one: then the kept sessions are folded anew. Returns a time if a session was opened.
local function countInSession(at, delivery, c)
  local newest = redis.call('ZRANGE', accepts, -1, -1, 'WITHSCORES')[2]
  local before = newest and at < tonumber(newest) and fold(accepts)
  redis.call('ZADD', accepts, at, delivery)
  redis.call('PEXPIRE', accepts, idRetentionMs)
  if not before then
    return countNewest(at, delivery, c)
  end
  local after = fold(accepts)
  for _, session in ipairs(before) do
    eraseRow(session, recipient)
  end
  for _, session in ipairs(after) do
    writeRow(session)
  end
  local last, previous = after[#after], after[#after - 1]
  redis.call('HSET', conv, 'sessionAt', last.openedAt, 'sessionBefore', (previous or last).openedAt)
  return #after > #before and at or nil
end
