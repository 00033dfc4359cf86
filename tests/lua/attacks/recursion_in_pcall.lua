local function down() return pcall(down) and 1 + down() end
down()
