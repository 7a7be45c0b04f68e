-- What keeps an attempt whose link must be looked at first, or nil: the account wants that, and nobody has found this
-- link fine lately. Then also how often it was looked at in vain, and what the last look found.
local function linkUnseen(now)
  if preflight == '' then
    return nil
  end
  local p = redis.call('HMGET', record, 'preflightLink', 'preflightUntil', 'preflights', 'preflightFound')
  local known = p[1] == preflight
  if known and now < tonumber(p[2]) then
    return nil
  end
  return { 'preflight', known and p[3] or 0, known and p[4] or '' }
end
