-- What a claim comes to where the record alone answers it: unknown, of another payload, in other hands, or at its end.
local function standing(r, now)
  if not r[1] then
    local mark, ended = fromTomb()
    if not mark then
      return { 'unseen' }
    end
    return mark == fingerprint and { 'ended', ended, '', '' } or { 'conflict' }
  end
  if r[1] ~= fingerprint or tonumber(jobAt) < tonumber(r[3]) then
    return { 'conflict' }
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
