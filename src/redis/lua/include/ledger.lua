local function count(openedAt, delivery)
  local row = recipient .. '@' .. openedAt
  local known = redis.call('HGET', ledgerRows, row)
  local messages, opener = string.match(known or '', '^(%d+) (.*)$')
  redis.call('HSET', ledgerRows, row, (messages or 0) + 1 .. ' ' .. (opener or delivery))
  redis.call('ZADD', ledger, openedAt, row)
end

-- Counts an accepted message in the session of its accept time, and opens that session where there is none.
-- A late proof may show that the session began earlier than was thought: its row then moves to that time.
-- Returns the opening time if a session was opened, else nil.
local function countInSession(at, delivery)
  local openedAt = tonumber(redis.call('HGET', conv, 'sessionAt') or -SESSION_MS)
  if at >= openedAt + SESSION_MS then
    redis.call('HSET', conv, 'sessionAt', at)
    count(at, delivery)
    return at
  end
  if at >= openedAt then
    count(openedAt, delivery)
    return nil
  end
  if openedAt - at >= SESSION_MS then
    count(at, delivery)
    return at
  end
  local row = recipient .. '@' .. openedAt
  local messages = string.match(redis.call('HGET', ledgerRows, row) or '0 ', '^(%d+)')
  redis.call('HDEL', ledgerRows, row)
  redis.call('ZREM', ledger, row)
  redis.call('HSET', ledgerRows, recipient .. '@' .. at, messages + 1 .. ' ' .. delivery)
  redis.call('ZADD', ledger, at, recipient .. '@' .. at)
  redis.call('HSET', conv, 'sessionAt', at)
  return nil
end
