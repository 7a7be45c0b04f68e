-- What a claim comes to where the record alone answers it: unknown, of another payload, in other hands, or at its end.
local function standing(r, now)
  if not r[1] then
    local mark, ended = fromTomb()
    if not mark then
      return { 'unseen' }
    end
    return same(mark) and { 'ended', ended, '', '' } or { 'conflict' }
  end
  local older = tonumber(jobAt) < tonumber(r[3])
  if not same(r[1]) or older and not string.find(' queued waiting held ', ' ' .. r[2] .. ' ', 1, true) then
    return { 'conflict' }
  end
  -- The job of a first call whose acceptance went down with a server; the record is of the call that said it again.
  if older then
    redis.call('HSET', record, 'jobAt', jobAt)
  end
  -- Its process has told this attempt's end, or given it up: the claim was too long on its way.
  if r[17] == attempt then
    return { 'lane', now, r[4], r[5], '', '' }
  end
  if r[2] == 'sending' and r[6] ~= attempt then
    return { 'in_flight', r[6], r[7], now }
  end
  if string.find(' accepted sent delivered read failed expired cancelled ', ' ' .. r[2] .. ' ', 1, true) then
    return { 'ended', r[2], r[11] or '', r[12] or '' }
  end
end

-- What a claim comes to while an attempt has not ended: the same again, or what is known of one whose outcome is not.
local function ongoing(r)
  if r[2] == 'sending' then
    return { 'go', 0, r[13] or r[7] }
  end
  if r[2] == 'unknown' then
    local u = redis.call('HMGET', record, 'send', 'horizonAt', 'lastReadAt', 'absentReads', 'hinted')
    return { 'unknown', r[6], u[1], r[7], u[2], u[3] or '', u[4] or 0, u[5] or 0 }
  end
end

-- What a claim comes to that is too late or too early.
local function notNow(r, now)
  if now >= tonumber(r[4]) then
    return { 'expired' }
  end
  if now < tonumber(r[8]) then
    return { 'schedule', r[8] }
  end
end
