-- Books what an attempt takes: a session of the budget where it would open one, and the account's pace. Returns the
-- refusal where the recipient's turn has not come or something is used up; else false, and when the attempt may leave.
local function book(pairAt, reserved, sessionAt, now)
  if pairAt > now then
    return { 'pair', pairAt }
  end
  -- An attempt that ends after the running session does would open the next one.
  if billed == '1' and not reserved and opensSession(sessionAt, now + horizonMs) then
    local renewsAt = reserve(now)
    if renewsAt then
      return { 'budget', renewsAt }
    end
  end
  local slot, freeAt = paceSlot(now)
  if not slot then
    return { 'rate', freeAt }
  end
  return false, slot
end
