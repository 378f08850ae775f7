// SocketServer
