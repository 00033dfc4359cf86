-- Fibers that wait for fibers, without end.
local function down() return join(spawn(down)) end
local _, err = down()
error(err.message)
