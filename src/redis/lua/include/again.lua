-- What a request comes to whose id is known: the same again, or another payload. Nil when it is new.
local function knownAs()
  local known = redis.call('HMGET', record, 'fingerprint', 'status', 'job', 'jobAt')
  if known[1] then
    if not same(known[1]) then
      return { 'conflict' }
    end
    if inHand == '' and string.find(' queued waiting held ', ' ' .. known[2] .. ' ', 1, true) then
      -- By the first call's clock: a job that seems older than its record would be taken for another delivery's.
      addJob(known[3] or 'd-' .. id, data, { at = known[4], delay = 0, priority = priority })
    end
    return { 'again', known[2], known[4] }
  end
  local mark, status = fromTomb()
  if mark then
    return same(mark) and { 'again', status } or { 'conflict' }
  end
end
