"""The data keys of a deployed mall (数据密钥): the first ones, a rotation at once, a look."""
