assert(string.rep("", 1 << 62, "") == "")
error("as it should be")
