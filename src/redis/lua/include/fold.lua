-- A session's row in the ledger: how many messages it carried, and the delivery that opened it.
local function writeRow(session)
  local row = recipient .. '@' .. session.openedAt
  redis.call('HSET', ledgerRows, row, session.messages .. ' ' .. session.openedBy)
  redis.call('ZADD', ledger, session.openedAt, row)
end

local function eraseRow(session, name)
  local row = name .. '@' .. session.openedAt
  redis.call('HDEL', ledgerRows, row)
  redis.call('ZREM', ledger, row)
end

-- The sessions that accepted messages make, by accept time.
local function fold(key)
  local sessions = {}
  local entries = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  for i = 1, #entries, 2 do
    local at, last = tonumber(entries[i + 1]), sessions[#sessions]
    if last and at < last.openedAt + SESSION_MS then
      last.messages = last.messages + 1
    else
      sessions[#sessions + 1] = { openedAt = at, openedBy = entries[i], messages = 1 }
    end
  end
  return sessions
end
